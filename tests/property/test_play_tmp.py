import time, collections
from amends.core.database import fetch_values
from tests.year.living import a_year
from tests.year.playing import play
from tests.year.stage import set_up
from tests.year.checking import differences
from amends.inbox.actions import facts
import os, cProfile, pstats

def test_play(conn):
    stage=set_up(conn)
    lived=a_year(int(os.environ.get("N","100")), int(os.environ.get("SEED","2028")))
    t=time.time()
    pr=cProfile.Profile() if os.environ.get("PROF") else None
    if pr: pr.enable()
    player=play(stage, lived)
    if pr: pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
    print("played", time.time()-t)
    bad=differences(stage, player.cases, [o.life for o in lived])
    by=collections.Counter(k for k,*_ in bad)
    print(by)
    for b in bad[:int(os.environ.get("SHOW","12"))]:
        print(b)
        n=b[1]
    if bad:
        n=int(os.environ.get("CASE", bad[0][1]))
        for d in lived[n].deeds: print("   ", d.at, d.verb, dict(d.facts))
        for e in lived[n].life.episodes: print(e)
    assert not bad
