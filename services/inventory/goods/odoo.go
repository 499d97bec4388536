package goods

// Models of Odoo's that moving goods reads and writes; no other file names one.
const (
	// Model is that of transfers.
	Model          = "stock.picking"
	moveModel      = "stock.move"
	lineModel      = "stock.move.line"
	stockModel     = "stock.quant"
	locationModel  = "stock.location"
	warehouseModel = "stock.warehouse"
	operationModel = "stock.picking.type"
	productModel   = "product.product"
	unitModel      = "uom.uom"
)
