// SPDX-License-Identifier: GPL-2.0-only
/*
 * words.c - lists of texts, separated by "|"
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

/**
 * has_one_of() - check whether a text contains one of several texts
 * @text:	the text
 * @words:	the others, separated by "|"
 *
 * Return: true if it contains one of them.
 */
bool has_one_of(const char *text, const char *words)
{
	char copy[128], *save, *word;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, "|", &save); word; word = strtok_r(NULL, "|", &save))
		if (strstr(text, word))
			return true;
	return false;
}

/**
 * is_one_of() - check whether a name is one of several names
 * @name:	the name
 * @names:	the others, separated by "|"
 *
 * Return: true if it is one of them.
 */
bool is_one_of(const char *name, const char *names)
{
	size_t length = strlen(name);

	for (; names; names = strchr(names, '|')) {
		names += *names == '|';
		if (!strncmp(names, name, length) && (!names[length] || names[length] == '|'))
			return true;
	}
	return false;
}
