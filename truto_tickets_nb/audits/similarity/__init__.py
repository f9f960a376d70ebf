"""Which values and which texts are alike: keys, guards, groups of spellings, pairs of titles."""
