"""What is said of a run, each report made of its `Record` alone, but for the archive of calls.

`text` for a terminal, `html` for a council officer to read and print, `junit` for CI servers, `summary` for
the log of a CI run, `badge` for a README, `har` for whoever wants to see every call. `telling` has what they
say alike, `harmless` takes the sting out of what came from a target.
"""
