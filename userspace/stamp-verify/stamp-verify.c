// SPDX-License-Identifier: GPL-2.0-only
/*
 * stamp-verify - verify frames that a vipin has captured, by their stamps
 */
#include <endian.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/number.h"
#include "common/stamp.h"
#include "common/standard-output.h"

#define COMPLAINTS	5

static const char usage[] =
	"Usage: stamp-verify BYTES\n"
	"Reads frames of BYTES bytes each from standard input, verifies their stamps, and prints\n"
	"the number of frames, of bad ones, and of dropped ones: sequence numbers that are\n"
	"missing between the first frame and the last one.\n"
	"Exit status: 0 there is a frame and none is bad, 1 otherwise, 2 could not run.\n";

struct count {
	unsigned long frames;
	unsigned long bad;
	unsigned long dropped;
	__u32 next;
	__u32 crc;
};

static void complain(struct count *count, const char *why)
{
	count->bad++;
	if (count->bad <= COMPLAINTS)
		fprintf(stderr, "stamp-verify: frame %lu: %s\n", count->frames, why);
}

static void verify(struct count *count, const void *frame, size_t length)
{
	struct vipin_stamp stamp;
	char why[128];
	__u32 sequence;

	if (!stamp_agrees(frame, length, &stamp, why, sizeof(why))) {
		complain(count, why);
	} else {
		sequence = le32toh(stamp.sequence);
		if (!count->frames || sequence >= count->next)
			count->dropped += count->frames ? sequence - count->next : 0;
		else
			complain(count, "its number is not above the one before");
		/* The dots move with each frame (vipin-dots.c), so the CRC must change. */
		if (count->next && sequence == count->next && stamp.crc == count->crc)
			complain(count, "it has the same pixels as the one before");
		count->next = sequence + 1;
		count->crc = stamp.crc;
	}
	count->frames++;
}

int main(int argc, char **argv)
{
	unsigned long length;
	struct count count = { 0 };
	unsigned char *frame;
	size_t got;

	standard_output_check();
	if (argc != 2 || !number_parse(argv[1], sizeof(struct vipin_stamp), ULONG_MAX, &length)) {
		fputs(usage, stderr);
		return 2;
	}
	frame = malloc(length);
	if (!frame) {
		perror("stamp-verify");
		return 2;
	}
	while ((got = fread(frame, 1, length, stdin)) == length)
		verify(&count, frame, length);
	if (ferror(stdin)) {
		perror("stamp-verify: standard input");
		return 2;
	}
	if (got) {
		complain(&count, "it is incomplete");
		count.frames++;
	}
	free(frame);
	printf("%lu frames, %lu bad, %lu dropped\n", count.frames, count.bad, count.dropped);
	return count.frames && !count.bad ? 0 : 1;
}
