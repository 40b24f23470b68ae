"""Files to requests and facts: readers, preflight files, and the files and answers of AWS that they name."""
