# verdicts.awk - from what v4l2-compliance prints to one line for each of its
# tests: verdict, tab, name, tab, what it complained of meanwhile. Frame counters
# end in carriage returns, and a complaint can stand behind one.
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

# What a version of the tool itself has wrong: a line for each in the file "differs".
function is_known(name, complaint,  i) {
	for (i = 1; i <= nr_differs; i++)
		if (version ~ differs[i, 1] && name ~ differs[i, 2] &&
		    complaint ~ differs[i, 3])
			return differs[i, 4]
	return ""
}

/^v4l2-compliance [0-9.]+/ {
	version = $2
	sub(/,$/, "", version)
}

function verdict(is, name, text) {
	printf "%s\t%s\t%s\n", is, name, text
	complaints = ""
}

match($0, /(fail|warn): .*/) {
	complaints = complaints (complaints == "" ? "" : "; ") substr($0, RSTART)
}

match($0, /^[ \t]*test .*: (OK|FAIL)/) {
	name = $0
	sub(/^[ \t]*test /, "", name)
	result = name
	sub(/: (OK|FAIL).*/, "", name)
	sub(/.*: /, "", result)
	# Without these nothing of the device has been tested.
	needed = name ~ /^(read\/write|MMAP|USERPTR)/
	bad = result !~ /^OK/ || (needed && result != "OK") || complaints != ""
	why = bad ? is_known(name, complaints) : ""
	if (why != "") {
		excused++
		verdict("ok", name " # SKIP " why, result ". " complaints)
		seen[name] = 1
		next
	}
	verdict(bad ? "not ok" : "ok", name, bad ? result ". " complaints : "")
	seen[name] = 1
}

/^Total for / {
	total = 1
	sub(/^Total for /, "")
	clean = $0 ~ ("Failed: " excused + 0 ", Warnings: 0$")
	verdict(clean ? "ok" : "not ok", "total of " $0, complaints)
}

END {
	if (!total)
		verdict("not ok", "v4l2-compliance ran to its end", complaints)
	for (n = split("USERPTR (no poll)/USERPTR (select)", needs, "/"); n > 0; n--)
		if (!(needs[n] in seen))
			verdict("not ok", needs[n] " was tested", "")
}
