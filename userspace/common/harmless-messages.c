// SPDX-License-Identifier: GPL-2.0-only
/*
 * harmless-messages.c - kernel messages that do not make a test fail
 *
 * The list is tests/guest/harmless-messages. Here it is built into v4l2-pincheck and vipin-fuzz, so
 * they can be copied alone to another machine. tests/guest/kernel-log.sh reads the file.
 */
#include <stdio.h>
#include <string.h>

#include "harmless-messages.h"

/* The build makes this from that file. */
extern const char harmless_messages[];

static bool is_in_list(const char *text)
{
	char line[128];
	size_t length;

	for (const char *at = harmless_messages; *at; at += length + (at[length] == '\n')) {
		length = strcspn(at, "\n");
		if (!length || *at == '#')
			continue;
		snprintf(line, sizeof(line), "%.*s", (int)length, at);
		if (strstr(text, line))
			return true;
	}
	return false;
}

/**
 * message_is_harmless() - look a kernel message up in the list
 * @text:	the message; call this for each message of the log in turn
 *
 * Return: true if a line of the list is part of @text, or if @text belongs to the stack that
 * follows such a message.
 */
bool message_is_harmless(const char *text)
{
	static enum { NO_STACK, STACK_MAY_FOLLOW, IN_STACK } stack;

	if (is_in_list(text)) {
		stack = STACK_MAY_FOLLOW;
		return true;
	}
	if (stack == STACK_MAY_FOLLOW)
		stack = strncmp(text, "CPU: ", 5) ? NO_STACK : IN_STACK;
	if (stack == NO_STACK)
		return false;
	if (strstr(text, "</TASK>"))
		stack = NO_STACK;
	return true;
}
