"""Fitting the free numbers of a body to published rows: what is free, what is predicted, how well the rows tell.

A system has a script here, run as `python -m neuroimmune.calibrate.cytokines`, which lists its free numbers with
their priors and names its rows. All else is common: `problem` turns rows into experiments on virtual people and
predicts what the papers report of them; `search` finds the best numbers and draws from their posterior; `report`
writes them into the code, the draws into `evidence/posterior/`, and a page of documentation.

    free = [Free("cytokines.k_tnf", 1.3, 0.3), Free("spread:cytokines.s_tnf", 0.3, 0.5), Free("scale:lab:tnf", 1, 0.3)]
    problem = Problem(Body(), rows, free, floors={"tnf": 2.0})
    found = search.fit(problem)
    draws = search.draws(problem, found)
    report.write("cytokines", problem, found, draws)
"""
