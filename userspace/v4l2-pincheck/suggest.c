// SPDX-License-Identifier: GPL-2.0-only
/*
 * suggest.c - find the name that the user may have meant
 */
#include <string.h>

#include "suggest.h"

#define MAX_LENGTH	40

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Count the letters to insert, remove or replace between two words (Levenshtein distance). */
static size_t distance(const char *a, const char *b)
{
	size_t length = strlen(b), row[MAX_LENGTH + 1];

	for (size_t k = 0; k <= length; k++)
		row[k] = k;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t k = 1; k <= length; k++) {
			size_t replaced = diagonal + (a[i] != b[k - 1]);

			diagonal = row[k];
			row[k] = min(replaced, min(row[k], row[k - 1]) + 1);
		}
	}
	return row[length];
}

/**
 * suggest() - find the name that the user may have meant
 * @word:	what the user has written
 * @name_at:	returns a name for each index, and NULL after the last one
 *
 * Return: the most similar name, NULL if none is similar.
 */
const char *suggest(const char *word, const char *(*name_at)(size_t index))
{
	size_t length = strlen(word), least = length / 4 + 2;
	const char *best = NULL, *name;

	for (size_t i = 0; length <= MAX_LENGTH && (name = name_at(i)); i++) {
		size_t letters = strlen(name) > MAX_LENGTH ? least : distance(word, name);

		if (letters < least) {
			least = letters;
			best = name;
		}
	}
	return best;
}
