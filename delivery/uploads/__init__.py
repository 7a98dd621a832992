"""Files that people bring, looked at before anything reads them: what they are, and whether they are what they say."""
