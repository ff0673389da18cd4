"""What phototag promises, measured beside what it is measured against, on the same photos in the same run."""
