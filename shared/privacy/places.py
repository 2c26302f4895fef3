"""stub"""
def telling_words(): return frozenset()
def find(reading): return ()
