"""Text and tables of pictures, by the built-in recogniser or a configured provider.

``factory.recognizer`` builds what the settings name; other rooms import ``protocol.Recognizer``. ``builtin``
decodes and recognises in the process that calls it, so hostile pictures belong into a child of ``ingestion.sandbox``.
"""
