module thuoc

go 1.26
