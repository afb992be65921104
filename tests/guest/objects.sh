# shellcheck shell=bash
# objects.sh - does a command leave objects in the kernel's allocators? Source this file after ktap.sh.
#
#	count_objects			print the number of objects of each size, of some types, and of
#					areas of vmalloc()
#	leaves_nothing MOST COMMAND...	run a command twice. Fail if more than MOST objects of a kind are
#					added the second time, or if no kind was counted

# There can be several caches of one size (CONFIG_RANDOM_KMALLOC_CACHES). An area that is freed stays for
# a while, and is shown as "unpurged".
count_objects()
{
	awk 'FILENAME == "/proc/vmallocinfo" { n["vmalloc"] += !/unpurged/; next }
		{ sub(/-rnd-[0-9]+|-rcl|-cg/, "", $1) }
		/^(kmalloc|mm_struct|cred_jar|sgpool|vm_area|kernfs_node)/ { n[$1] += $2 }
		END { for (name in n) print name, n[name] }' /proc/slabinfo /proc/vmallocinfo | sort
}

leaves_nothing()	# MOST COMMAND...
{
	local most=$1

	shift
	"$@"
	# shellcheck disable=SC2154 # ktap.sh sets it
	count_objects >"$work/before"
	"$@"
	count_objects >"$work/after"
	join -a 2 -e 0 -o 0,1.2,2.2 "$work/before" "$work/after" | awk -v most="$most" '
		$3 - $2 > most { print $1 ": " $3 - $2 " objects more"; bad = 1 }
		END { exit bad || !NR }'
}
