// SPDX-License-Identifier: GPL-2.0-only
/*
 * program.c - programs as bytes and as text, and running them
 *
 * In a text each line is an operation: its name, and NAME=VALUE for each argument that is not 0.
 * A line that starts with '#' is a comment. A file that starts with '#' and has printable
 * characters only is a text: '#' may also be the first byte of a program of bytes.
 * The value of the argument "kind" is the name of a kind of memory.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coverage.h"
#include "program.h"

#define MAX_TEXT	65536

static const struct op_table * const tables[] = {
	&file_ops, &buffer_ops, &format_ops, &control_ops, &memory_ops, &task_ops, &input_ops,
};

/* The program of this process, and the record that this thread runs next. */
static const struct program *running;
static struct scene *scene;
static __thread unsigned int next;

static unsigned int nr_ops(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		n += tables[i]->nr_ops;
	return n;
}

static const struct op *op_at(unsigned int n)
{
	size_t i = 0;

	n %= nr_ops();
	for (; n >= tables[i]->nr_ops; i++)
		n -= tables[i]->nr_ops;
	return &tables[i]->ops[n];
}

static const __u8 *record_at(const struct program *p, unsigned int n)
{
	return &p->bytes[n * RECORD];
}

/* Find the name of an argument in a list of names; return its index, or -1. */
static int argument_index(const char *names, const char *name, size_t length)
{
	for (int i = 0; *names; i++) {
		size_t here = strcspn(names, " ");

		if (here == length && !strncmp(names, name, length))
			return i;
		names += here + (names[here] == ' ');
	}
	return -1;
}

/* Parse "NAME=VALUE". */
static int parse_argument(const struct op *op, char *word, __u8 *arguments)
{
	char *value = strchr(word, '='), *end;
	long number;
	int index;

	if (!value)
		return -1;
	*value++ = 0;
	index = argument_index(op->arguments, word, strlen(word));
	number = strtol(value, &end, 10);
	if (!strcmp(word, "kind"))
		number = kind_choice(value);
	else if (*end || !*value)
		return -1;
	if (index < 0 || number < 0 || number > 255)
		return -1;
	arguments[index] = number;
	return 0;
}

/* Parse a line. A line without a word, or with a comment, is not an operation. */
static int parse_line(struct program *p, char *line)
{
	__u8 *record = &p->bytes[p->nr_records * RECORD];
	char *rest, *word = strtok_r(line, " \t", &rest);
	const struct op *op = NULL;

	if (!word || *word == '#')
		return 0;
	if (p->nr_records == MAX_RECORDS)
		return -1;
	for (unsigned int i = 0; i < nr_ops() && !op; i++) {
		record[0] = i;
		if (!strcmp(op_at(i)->name, word))
			op = op_at(i);
	}
	if (!op)
		return -1;
	while ((word = strtok_r(NULL, " \t", &rest)))
		if (parse_argument(op, word, record + 1))
			return -1;
	p->nr_records++;
	return 0;
}

static int parse(struct program *p, char *text, const char *path)
{
	char *line;

	for (int number = 1; (line = strsep(&text, "\n")); number++) {
		if (parse_line(p, line)) {
			fprintf(stderr, "vipin-fuzz: %s: line %d is not an operation\n", path,
				number);
			return -1;
		}
	}
	return 0;
}

static bool is_text(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isprint((unsigned char)bytes[i]) && bytes[i] != '\n' && bytes[i] != '\t')
			return false;
	return *bytes == '#';
}

/**
 * program_read() - read a program, bytes or text
 * @p:			filled in
 * @path:		the file
 * @may_be_text:	it may be a text; if not, a program of bytes may start with '#', too
 *
 * Only the first MAX_PROGRAM bytes are used. An incomplete record gets zeros.
 *
 * Return: 0, or -1 after a message.
 */
int program_read(struct program *p, const char *path, bool may_be_text)
{
	static char bytes[MAX_TEXT + 1];
	FILE *file = fopen(path, "re");
	size_t size;

	*p = (struct program) {};
	if (!file) {
		fprintf(stderr, "vipin-fuzz: %s: %s\n", path, strerror(errno));
		return -1;
	}
	size = fread(bytes, 1, MAX_TEXT, file);
	fclose(file);
	bytes[size] = 0;
	if (may_be_text && is_text(bytes, size))
		return parse(p, bytes, path);
	if (size > MAX_PROGRAM)
		size = MAX_PROGRAM;
	memcpy(p->bytes, bytes, size);
	p->nr_records = (size + RECORD - 1) / RECORD;
	return 0;
}

/**
 * program_write() - write a program as bytes
 * @p:	the program
 * @to:	the file; ferror() is true after a failure
 */
void program_write(const struct program *p, FILE *to)
{
	fwrite(p->bytes, RECORD, p->nr_records, to);
}

static void print_record(const __u8 *record, FILE *to)
{
	const struct op *op = op_at(*record);
	const char *names = op->arguments;

	fputs(op->name, to);
	for (int i = 1; *names; i++) {
		size_t length = strcspn(names, " ");

		if (record[i] && !strncmp(names, "kind", length))
			fprintf(to, " kind=%s", kind_name(record[i]));
		else if (record[i])
			fprintf(to, " %.*s=%u", (int)length, names, record[i]);
		names += length + (names[length] == ' ');
	}
}

/**
 * program_print() - print a program as text
 * @p:	the program
 * @to:	the file
 */
void program_print(const struct program *p, FILE *to)
{
	for (unsigned int i = 0; i < p->nr_records; i++) {
		print_record(record_at(p, i), to);
		putc('\n', to);
	}
}

/**
 * program_list_ops() - print all operations and the names of their arguments
 */
void program_list_ops(void)
{
	for (unsigned int i = 0; i < nr_ops(); i++)
		printf("%s %s\n", op_at(i)->name, op_at(i)->arguments);
}

static void run_record(void)
{
	const __u8 *record = record_at(running, next++);
	long result = op_at(*record)->run(scene, record + 1);

	coverage_collect();
	if (!scene->verbose)
		return;
	flockfile(stdout);
	printf("  [%d] ", gettid());
	print_record(record, stdout);
	if (result < 0)
		printf(": %s\n", strerror(-result));
	else
		printf(": %ld\n", result);
	fflush(stdout);
	funlockfile(stdout);
}

/**
 * program_run() - run a program in this process
 * @p:	the program
 * @s:	its files and its memory
 */
void program_run(const struct program *p, struct scene *s)
{
	running = p;
	scene = s;
	for (next = 0; next < p->nr_records; )
		run_record();
}

/**
 * program_next() - get the next record of this task
 *
 * Return: its number.
 */
unsigned int program_next(void)
{
	return next;
}

/**
 * program_skip() - go on after some records, which another task runs
 * @nr_records:	how many
 */
void program_skip(unsigned int nr_records)
{
	next += nr_records;
}

/**
 * program_run_part() - run some of the records in this task
 * @from:	the first one
 * @nr_records:	how many; fewer are run if the program ends before
 */
void program_run_part(unsigned int from, unsigned int nr_records)
{
	next = from;
	while (nr_records-- && next < running->nr_records)
		run_record();
}
