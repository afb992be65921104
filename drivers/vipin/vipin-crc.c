// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-crc.c - CRC-32 arithmetic: update a CRC after a few bytes have changed, without
 * reading the other bytes
 *
 * A CRC is the remainder of a division of polynomials over GF(2): the data is divided by
 * the polynomial of CRC-32. Two rules follow, for CRCs with the initial value 0:
 *
 * - If two strings have the same length, the CRC of their XOR is the XOR of their CRCs.
 * - Zeros appended to a string multiply its CRC by a power of x.
 *
 * As in crc32_le(), the highest bit is the coefficient of x^0.
 */

#include <linux/bits.h>

#include "vipin.h"

#define VIPIN_CRC_POLYNOMIAL	0xedb88320U
#define VIPIN_CRC_ONE		BIT(31)		/* the polynomial 1 */

/**
 * vipin_crc_multiply() - multiply two remainders
 * @a:	the first factor
 * @b:	the second factor
 *
 * Return: the remainder of their product.
 */
u32 vipin_crc_multiply(u32 a, u32 b)
{
	u32 product = 0;

	for (; a; a <<= 1) {
		if (a & VIPIN_CRC_ONE)
			product ^= b;
		b = (b >> 1) ^ (b & 1 ? VIPIN_CRC_POLYNOMIAL : 0);
	}
	return product;
}

/**
 * vipin_crc_zeros() - compute the effect that zeros appended to data have on its CRC
 * @len:	number of zero bytes
 *
 * Return: the factor for vipin_crc_multiply().
 */
u32 vipin_crc_zeros(u32 len)
{
	u32 power = VIPIN_CRC_ONE >> 8;
	u32 zeros = VIPIN_CRC_ONE;

	for (; len; len >>= 1) {
		if (len & 1)
			zeros = vipin_crc_multiply(zeros, power);
		power = vipin_crc_multiply(power, power);
	}
	return zeros;
}
