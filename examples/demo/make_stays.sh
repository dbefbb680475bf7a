#!/usr/bin/env bash
# Makes the shipped stays of the demonstration region again: same seeds, same bytes. Usage: make_stays.sh PATH-OF-YIBAO
set -euo pipefail
cd "$(dirname "$0")"
yibao=${1:-yibao}
for year in 2022 2023 2024 2025; do
  folder=$(mktemp -d)
  "$yibao" synth stays --scheme ../../schemes/teaching --weights seed_weights.csv:group:weight --rate 5200.00 \
    --cases 3000 --seed "$year" --year "$year" --institutions 18 -o "$folder/stays.csv"
  mv "$folder/stays.csv" "stays_$year.csv"
  mv "$folder/institutions.csv" institutions.csv
  mv "$folder/institutions.csv.source.toml" institutions.csv.source.toml
  rm -r "$folder"
done
