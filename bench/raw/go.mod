module moldau/bench/raw

go 1.24
