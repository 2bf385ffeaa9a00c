"""A supplier's component in a container of its own: its limits, its network, the way in and the way out.

The command line's alone: the server never touches Docker, and no module of it may import this package.

A component's network has no way out. A *forwarder*, a process of ours, is all that it is given to reach: it
passes calls from the container to the component's own council and door, and nothing else, and from a port of
loopback to the component. What belongs together is found by its labels at the engine, and by a note in the
data folder.
"""
