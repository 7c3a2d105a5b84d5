# SPDX-License-Identifier: MIT
# Shows the plain comments of the public headers to Doxygen as its own: what stands above a declaration, and what stands
# behind a member. A comment above several declarations without a blank line between them belongs to each. The first line
# of a file (the licence) becomes the mark of the file's comment, which begins on the second. Lines keep their numbers.
NR == 1 { print "/** \\file"; next }
NR == 2 { sub(/^\/\*/, " *") }
/^ *#/ { print; next }
/^$/ { shared = "" }
/^\/\* / { shared = ""; open = 1; fresh = 1 }
open {
  text = $0
  gsub(/^\/\* |^ \* ?| *\*\/$/, "", text)
  shared = shared " " text
  if ($0 ~ /\*\/ *$/) open = 0
}
/^(GB_EXPORT|typedef)/ {
  if (!fresh && shared != "") printf "/**%s */ ", shared
  fresh = 0
}
/^ *\/\* / { sub(/\/\* /, "/** ") }
/[^ ] +\/\* / && !/^ *\/\*/ { sub(/\/\* /, "/**< ") }
{ print }
