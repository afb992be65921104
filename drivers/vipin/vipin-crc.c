// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-crc.c - CRC-32 as arithmetic: what a CRC becomes when a few bytes of what it
 * is taken of change, without a look at the others
 *
 * A CRC is a remainder of polynomials over GF(2): the data, divided by what
 * CRC-32 is defined by. So the CRC (from 0 on) of two strings of the same length, one XORed into
 * the other, is the XOR of their CRCs; and zeros behind a string multiply its CRC by a
 * power of x. Here as in crc32_le(), the highest bit is the coefficient of x^0.
 */

#include <linux/bits.h>

#include "vipin.h"

#define VIPIN_CRC_POLYNOMIAL	0xedb88320U
#define VIPIN_CRC_ONE		BIT(31)

/**
 * vipin_crc_multiply() - multiply two remainders
 * @a:	one
 * @b:	the other one
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
 * vipin_crc_zeros() - what zeros behind data do to its CRC
 * @len:	how many bytes of zeros
 *
 * Return: what to multiply the CRC by.
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
