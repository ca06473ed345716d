"""An app with kinds of work for the tests that drive a real worker."""
