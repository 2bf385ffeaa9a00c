"""Personas: people in a documented situation, made on a council by name and known by it ever after.

Each is a YAML file in this folder, or in the folder ``personas`` of the data folder: what the situation is,
whom it begins with, and which operations of the services bring it about. ``reading`` reads the files,
``making`` makes one on a council, ``handles`` is where a council keeps those that were made.
"""
