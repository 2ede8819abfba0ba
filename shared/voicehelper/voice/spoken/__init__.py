"""From text as it is written to text as it is said: ``reading.spoken_form``; ``voice.speaking`` is the caller."""
