"""The tools of agents, a module each; ``protocol`` says what a tool is, ``entry.tools`` makes each a Lambda."""
