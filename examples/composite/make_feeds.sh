#!/usr/bin/env bash
# Makes the shipped stays, visits and roster again: same seed, same bytes. Usage: make_feeds.sh PATH-OF-YIBAO
set -euo pipefail
cd "$(dirname "$0")"
yibao=${1:-yibao}
"$yibao" synth composite --scheme ../../schemes/teaching --weights ../demo/seed_weights.csv:group:weight \
  --outpatient ../../schemes/outpatient --outpatient-weights seed_weights_outpatient.csv:group:weight \
  --stays 2000 --dip-stays 800 --visits 6000 --heads 6000 --institutions 30 --seed 2025 --year 2025 -o .
