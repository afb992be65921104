// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-pins - measure QBUF of a user pointer
 */
#include <err.h>
#include <string.h>

#include "common/standard-output.h"
#include "pins.h"

int main(int argc, char **argv)
{
	const char *group = argc > 1 ? argv[1] : "";

	standard_output_check();
	if (!strcmp(group, "new-pointer"))
		measure_new_pointer(argv[2]);
	else if (!strcmp(group, "known-pointer"))
		measure_known_pointer();
	else if (!strcmp(group, "ways"))
		measure_ways();
	else
		errx(2, "usage: bench-pins new-pointer [VARIANT]|known-pointer|ways");
	return 0;
}
