"""The steps of the agents' state machine, a module each, named as their functions; ``moves`` is what they share."""
