"""Components: suppliers' products that join a council to fill one of its slots.

- Joining: ``registering`` gives one its key and its secret, ``records`` what our stub of its slot holds
  to begin with, ``receiving`` takes the events that it sends; ``whereabouts`` says on which fork it is
  tried.
- Filling: ``settings`` says who fills what and how that came about, ``naming`` looks up what it names,
  ``gate`` and ``verdicts`` what is asked before a component answers callers, ``histories`` what is signed
  of it.
- Calling: ``relay`` sends an ``asking.Asked`` to a component and reads the answer; ``tricks`` refuses
  before that, ``mapping`` (with ``mapping_file``, ``mapping_faults``, ``vocabulary``) bridges small
  differences, ``places`` hides the component's address, ``contract`` and ``nonsense`` judge the answer,
  ``circuit`` leaves a failing component alone, ``calling`` does it all in the component's own references.
- Both sides in step: ``passage`` is where a call comes in; ``sides`` says whose it is, ``lanes`` keeps
  the order, ``following`` tells the component what the stub did, ``falling_back`` lets the stub answer,
  ``references`` translates, ``telling`` and its ``ledger`` have each event told once, ``out_of_step``
  keeps what failed.
- Leaving: ``returning`` asks for the records, ``accounts`` and ``fitting`` compare them, ``ends`` knows
  from where on, ``taking_back`` makes them the council's.

All is kept in the council's notebook (``tables``, ``returning_tables``), which no fork copies and no restore
takes back; the ledger alone stands in the council's own file.
"""
