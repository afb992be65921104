# verdicts.awk - convert the output of v4l2-compliance to one line for each of its tests. The
# fields are verdict, name, result and complaints, separated by tabs. Lines can also end in a
# carriage return, after which a complaint may follow: the tool prints frame counters in this way.
# NEEDED has the names of tests that must run and succeed, each with a slash after it. LACKS matches
# the tests of what the device does not have. REFUSALS is a reason for which it has refused pointers.
# The first field of DIFFERS can ask for it.
BEGIN {
	while ((getline line < DIFFERS) > 0)
		if (line !~ /^(#|$)/) {
			split(line, fields, "\t")
			nr_differs++
			for (i = 1; i <= 4; i++)
				differs[nr_differs, i] = fields[i]
		}
	RS = "[\r\n]"
}

# Return the reason if the complaint is an error of the tool itself, listed in the file "differs".
function tool_error(name, complaint,  i) {
	for (i = 1; i <= nr_differs; i++)
		if (version " " REFUSALS ~ differs[i, 1] && name ~ differs[i, 2] &&
		    complaint ~ differs[i, 3])
			return differs[i, 4]
	return ""
}

/^v4l2-compliance [0-9.]+/ {
	version = $2
	sub(/,$/, "", version)
}

function verdict(is, name, result) {
	printf "%s\t%s\t%s\t%s\n", is, name, result, complaints
	complaints = ""
	seen[name] = 1
}

# The test of requests sets the first control to its least or largest value in each request. For a capture
# node that is the brightness, so each frame is painted anew. An emulated machine is too slow for that at
# the highest rate. So dropped frames are no complaint there.
function accept_drops() {
	drops += gsub(/(; )?warn: [^;]*got sequence number [0-9]+, expected [0-9]+/, "", complaints)
}

function test(name, result,  needed, bad, why) {
	if (name == "Requests")
		accept_drops()
	# "Not Supported" is not accepted for these, since they are what is tested here.
	needed = name ~ /^(read\/write|MMAP|USERPTR|DMABUF)/ && name !~ LACKS || \
		index("/" NEEDED, "/" name "/")
	bad = result !~ /^OK/ || (needed && result != "OK") || complaints != ""
	why = bad ? tool_error(name, complaints) : ""
	if (why != "") {
		excused++
		seen[name] = 1
		name = name " # SKIP " why
		bad = 0
	}
	verdict(bad ? "not ok" : "ok", name, result)
}

match($0, /(fail|warn): .*/) {
	complaints = complaints (complaints == "" ? "" : "; ") substr($0, RSTART)
}

# With all formats, the tool prints format, size and rate once, before the tests that use them.
/^\ttest .* for Format .*:$/ {
	format = $0
	sub(/^\ttest /, "", format)
	sub(/:$/, ", ", format)
}

match($0, /^[ \t]*(test |.*Stride [0-9]+, Field ).*: (OK|FAIL)/) {
	name = $0
	sub(/^[ \t]*(test )?/, "", name)
	result = name
	sub(/: (OK|FAIL).*/, "", name)
	sub(/.*: /, "", result)
	sub(/ *$/, "", result)
	test((name ~ /Stride [0-9]+, Field / ? format : "") name, result)
}

/^Total for / {
	total = 1
	sub(/^Total for /, "")
	clean = $0 ~ ("Failed: " excused + 0 ", Warnings: " drops + 0 "$")
	verdict(clean ? "ok" : "not ok", "total", $0)
}

END {
	if (!total)
		verdict("not ok", "v4l2-compliance has finished", "FAIL")
	for (n = split(NEEDED, needs, "/") - 1; n > 0; n--)
		if (!(needs[n] in seen))
			verdict("not ok", needs[n] " was tested", "FAIL")
}
