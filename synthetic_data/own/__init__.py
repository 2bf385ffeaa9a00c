"""A town of people that the user brings, as three CSV files, instead of generated ones.

``sheets`` says which columns there are, ``values`` how one cell is read, ``reading`` reads a file,
``checking`` holds rows against one another, ``placing`` and ``filling`` make up what was left out by
the same rules and shares as for a generated town, and ``town`` puts it all together.
"""
