#!/usr/bin/env bash
# Makes the stays of this example: seeded, from the scheme's own code sets, costs around weight × rate.
# Needs the reference data (YIBAO_DATA). Usage: make_stays.sh PATH-OF-YIBAO [CASES] [FOLDER]
set -euo pipefail
: "${YIBAO_DATA:?name the reference-data folder}"
yibao=${1:-yibao}
cases=${2:-20000}
folder=${3:-$(dirname "$0")}
"$yibao" synth stays --scheme "$YIBAO_DATA/drg/schemes/haerbin_2022" \
  --weights "$YIBAO_DATA/drg_weights_harbin/drg_weights.csv:drg_code:weight:year=2022" \
  --rate 12165.26 --cases "$cases" --seed 7 --year 2023 -o "$folder/stays.csv"
