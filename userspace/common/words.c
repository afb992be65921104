// SPDX-License-Identifier: GPL-2.0-only
/*
 * words.c - several texts in one, "|" between one and the next
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

/**
 * has_one_of() - whether a text has one of several in it
 * @text:	the text
 * @words:	the others, "|" between one and the next
 *
 * Return: whether that is so.
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
 * is_one_of() - whether a name is one of several
 * @name:	the name
 * @names:	the others, "|" between one and the next
 *
 * Return: whether that is so.
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
