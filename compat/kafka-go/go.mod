module moldau/compat/kafka-go

go 1.26.0

require moldau/compat/harness v0.0.0

replace moldau/compat/harness => ../harness

require github.com/segmentio/kafka-go v0.4.51

require (
	github.com/klauspost/compress v1.15.9 // indirect
	github.com/pierrec/lz4/v4 v4.1.15 // indirect
)
