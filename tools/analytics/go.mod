module odoomesh/tools/analytics

go 1.26.0
