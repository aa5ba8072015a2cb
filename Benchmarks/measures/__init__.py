"""The measures, one a file: `run(bench)` gives a section of the page."""
