module moldau/compat/harness

go 1.26.0
