"""Photos of products: kept as they came, shown as a preview at once and as renditions soon."""
