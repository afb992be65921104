/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reports.h - the reports of a run: one on the standard output, others in files
 */
#ifndef REPORTS_H
#define REPORTS_H

#include "options.h"

void reports_choose(const struct options *o);
int reports_begin(const struct plan *plan);
void reports_next(const struct device *d, const struct memory_kind *kind,
		  const struct variant *variant);
int reports_row(const struct row *row);
int reports_end(const struct total *total);

#endif
