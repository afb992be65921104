# Counts the results in the KTAP file of a suite, and prints "PASSED FAILED SKIPPED SECONDS". Failed
# tests and their diagnostic lines go to standard error. A file without a plan, or with another
# number of results than planned, has one more failure. So has a file without a test, unless its
# plan is skipped. Lines of subtests are indented and do not count. The variable "suite" is the
# name of the suite.
/^1\.\.[0-9]+/	{ planned = substr($1, 4) + 0; has_plan = 1 }
/^1\.\.0 *# *[Ss][Kk][Ii][Pp]/	{ skips_all = 1 }
/^ok /		{ if (/# *[Ss][Kk][Ii][Pp]/) skipped++; else passed++ }
/^not ok /	{ failed++; print why suite ": " $0 > "/dev/stderr" }
# Diagnostic lines of a test come before its result.
/^# /		{ why = why suite ": " $0 "\n" }
/^(not )?ok /	{ why = "" }
/^# seconds: /	{ seconds = $3 }
/^Bail out!/	{ bailed++; print suite ": " $0 > "/dev/stderr" }
END {
	seen = passed + failed + skipped
	if (!has_plan || seen != planned) {
		print suite ": " seen " results, but " \
			(has_plan ? planned : "none") " planned" > "/dev/stderr"
		bailed++
	} else if (!seen && !skips_all) {
		print suite ": no test ran" > "/dev/stderr"
		bailed++
	}
	print passed + 0, failed + bailed + 0, skipped + 0, seconds
}
