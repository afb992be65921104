/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * known.h - where kernels are known to break the law
 */
#ifndef KNOWN_H
#define KNOWN_H

#include "rules.h"

const struct known *known_breach(const char *rule, const struct sight *before,
				 enum direction direction, enum vipin_policy policy,
				 const struct kernel *k);
const struct known *known_to_prevent(const struct sight *before, enum direction direction,
				     enum vipin_policy policy, const struct kernel *k);

#endif
