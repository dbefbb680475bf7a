#!/usr/bin/env bash
# Makes the bills, persons and settlement lists of this city again: same seed, same bytes. Usage: make_bills.sh PATH-OF-YIBAO
set -euo pipefail
cd "$(dirname "$0")"
yibao=${1:-yibao}
"$yibao" synth bills --scheme ../../schemes/teaching --weights ../demo/seed_weights.csv:group:weight --rate 5200.00 \
  --cases 1400 --seed 2025 --year 2025 --institutions 12 -o .
