/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * random.h - random numbers that the same seed repeats
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <linux/types.h>

/**
 * struct random - a generator: xorshift64*
 * @state:	never 0
 */
struct random {
	__u64 state;
};

/**
 * random_seed() - start a generator
 * @r:		the generator
 * @seed:	any number
 */
static inline void random_seed(struct random *r, unsigned long seed)
{
	r->state = seed * 0x9e3779b97f4a7c15ULL | 1;
}

/**
 * random_bits() - get 64 random bits
 * @r:	the generator
 *
 * Return: the bits
 */
static inline __u64 random_bits(struct random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dULL;
}

/**
 * random_below() - get a random number
 * @r:		the generator
 * @limit:	greater than 0
 *
 * Return: a number from 0 to @limit - 1
 */
static inline __u64 random_below(struct random *r, __u64 limit)
{
	return (random_bits(r) >> 16) % limit;
}

#endif
