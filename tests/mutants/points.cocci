// SPDX-License-Identifier: GPL-2.0-only
// Prints the conditions, clauses of conditions, and calls of a C file, a line for each:
// POINT KIND FILE LINE COLUMN LINE-END COLUMN-END FUNCTION. The file is not changed.

@initialize:python@
@@
def say(kind, first, last):
    for a, b in zip(first, last):
        print("POINT", kind, a.file, a.line, a.column, b.line_end, b.column_end,
              a.current_element)

@branch disable all@
expression E;
position p;
statement S1, S2;
@@
if (E@p) S1 else S2

@script:python@
p << branch.p;
@@
say("condition", p, p)

@lone_branch disable all@
expression E;
position p;
statement S;
@@
if (E@p) S

@script:python@
p << lone_branch.p;
@@
say("condition", p, p)

@while_loop disable all@
expression E;
position p;
statement S;
@@
while (E@p) S

@script:python@
p << while_loop.p;
@@
say("condition", p, p)

@for_loop disable all@
expression A, E, B;
position p;
statement S;
@@
for (A; E@p; B) S

@script:python@
p << for_loop.p;
@@
say("condition", p, p)

@bare_for_loop disable all@
expression E, B;
position p;
statement S;
@@
for (; E@p; B) S

@script:python@
p << bare_for_loop.p;
@@
say("condition", p, p)

@choice disable all@
expression E, A, B;
position p;
@@
E@p ? A : B

@script:python@
p << choice.p;
@@
say("condition", p, p)

@fallback disable all@
expression E, B;
position p;
@@
E@p ?: B

@script:python@
p << fallback.p;
@@
say("fallback", p, p)

@both disable all@
expression A, B;
position p, q;
@@
A@p && B@q

@script:python@
p << both.p;
q << both.q;
@@
say("and", p, p)
say("and", q, q)

@either disable all@
expression A, B;
position p, q;
@@
A@p || B@q

@script:python@
p << either.p;
q << either.q;
@@
say("or", p, p)
say("or", q, q)

@call disable all@
expression f;
expression list es;
position p, q;
@@
f@p(es)@q;

@script:python@
p << call.p;
q << call.q;
@@
say("call", p, q)

@assigned disable all@
expression x;
identifier f;
expression list es;
position p, q;
assignment operator op;
@@
x op f@p(es)@q

@script:python@
p << assigned.p;
q << assigned.q;
@@
say("value", p, q)

@initialised disable all@
type T;
identifier x, f;
expression list es;
position p, q;
@@
T x = f@p(es)@q;

@script:python@
p << initialised.p;
q << initialised.q;
@@
say("value", p, q)

@returned disable all@
identifier f;
expression list es;
position p, q;
@@
return f@p(es)@q;

@script:python@
p << returned.p;
q << returned.q;
@@
say("value", p, q)
