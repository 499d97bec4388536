package clinical

// family is a kind of article that comes in sizes.
type family struct {
	category string
	code     string
	name     string // with %s for the size
	sizes    []string
	tracking string
	// months of shelf life; 0 means that it does not expire
	months int
	// cost of the smallest size in cents; each further size costs a fifth more
	cost  int
	packs []int // pieces in a box
	// weight in grams, volume in millilitres of one piece
	grams, millilitres int
}

var families = [...]family{
	{"Infusion / Solutions", "NAC", "Saline, sodium chloride 0.9 %% infusion %s", []string{"50 ml", "100 ml", "250 ml", "500 ml", "1000 ml"}, "lot", 24, 85, []int{10, 20}, 520, 510},
	{"Infusion / Solutions", "GLU", "Glucose 5 %% infusion %s", []string{"100 ml", "250 ml", "500 ml", "1000 ml"}, "lot", 24, 95, []int{10, 20}, 525, 510},
	{"Infusion / Solutions", "RIN", "Ringer's acetate %s", []string{"500 ml", "1000 ml"}, "lot", 24, 140, []int{10}, 540, 520},
	{"Infusion / Sets", "IVS", "Infusion set with drip chamber, %s", []string{"150 cm", "180 cm", "250 cm"}, "lot", 60, 78, []int{50, 100}, 25, 90},
	{"Injection / Syringes", "SYR", "Syringe Luer-lock %s", []string{"1 ml", "2 ml", "5 ml", "10 ml", "20 ml", "50 ml"}, "lot", 60, 6, []int{50, 100, 1000}, 6, 30},
	{"Injection / Needles", "NDL", "Hypodermic needle %s", []string{"18G × 40 mm", "20G × 40 mm", "21G × 40 mm", "23G × 25 mm", "25G × 16 mm", "27G × 13 mm"}, "lot", 60, 3, []int{100, 1000}, 1, 3},
	{"Injection / Needles", "BTF", "Winged needle (butterfly) %s", []string{"19G", "21G", "23G", "25G"}, "lot", 60, 42, []int{50}, 4, 12},
	{"Catheters / Vascular", "PVC", "Peripheral venous catheter %s", []string{"14G", "16G", "18G", "20G", "22G", "24G"}, "lot", 60, 96, []int{50}, 7, 25},
	{"Catheters / Vascular", "CVC", "Central venous catheter set %s", []string{"1-lumen 16 cm", "2-lumen 16 cm", "3-lumen 16 cm", "3-lumen 20 cm"}, "lot", 36, 3120, []int{5, 10}, 210, 900},
	{"Catheters / Urology", "FOL", "Foley-Katheter, Silikon %s", []string{"CH 12", "CH 14", "CH 16", "CH 18", "CH 20"}, "lot", 60, 345, []int{10}, 22, 120},
	{"Gloves", "GLV", "Examination gloves, nitrile, powder-free %s", []string{"XS", "S", "M", "L", "XL"}, "lot", 36, 5, []int{100, 1000}, 4, 8},
	{"Gloves", "SGL", "Surgical gloves, sterile, latex-free %s", []string{"6", "6½", "7", "7½", "8", "8½"}, "lot", 36, 88, []int{50}, 18, 40},
	{"Sutures", "SUA", "Suture, absorbable, braided %s", []string{"USP 5-0", "USP 4-0", "USP 3-0", "USP 2-0", "USP 0", "USP 1"}, "lot", 60, 288, []int{36}, 3, 20},
	{"Sutures", "SUN", "Suture, polypropylene %s", []string{"USP 6-0", "USP 5-0", "USP 4-0", "USP 3-0"}, "lot", 60, 310, []int{36}, 3, 20},
	{"Dressings", "DRS", "Wound dressing, adhesive, sterile %s", []string{"5 × 7 cm", "10 × 8 cm", "10 × 15 cm", "10 × 25 cm"}, "lot", 60, 24, []int{25, 50}, 4, 25},
	{"Dressings", "FOM", "Schaumverband, selbsthaftend %s", []string{"7,5 × 7,5 cm", "12,5 × 12,5 cm", "17,5 × 17,5 cm"}, "lot", 36, 395, []int{10}, 9, 60},
	{"Dressings", "GAZ", "Compresses de gaze stérile %s", []string{"5 × 5 cm", "7,5 × 7,5 cm", "10 × 10 cm"}, "lot", 60, 7, []int{50, 100}, 2, 12},
	{"Implants / Orthopaedics", "HIP", "Femoral stem, cementless, %s", []string{"size 1", "size 2", "size 3", "size 4", "size 5", "size 6"}, "serial", 60, 68000, []int{1}, 310, 1200},
	{"Implants / Orthopaedics", "SCR", "Cortical screw 3.5 mm, titanium, %s", []string{"12 mm", "14 mm", "16 mm", "18 mm", "20 mm", "24 mm"}, "lot", 0, 1450, []int{1}, 2, 10},
	{"Implants / Cardiology", "STE", "Coronary stent, drug-eluting %s", []string{"2.5 × 18 mm", "3.0 × 18 mm", "3.0 × 24 mm", "3.5 × 24 mm"}, "serial", 24, 42000, []int{1}, 60, 700},
	{"Implants / Cardiology", "PCM", "Pacemaker, dual chamber, %s", []string{"MRI", "MRI remote"}, "serial", 24, 215000, []int{1}, 180, 900},
	{"Drugs / Analgesics", "PAR", "Paracetamol infusion 10 mg/ml %s", []string{"50 ml", "100 ml"}, "lot", 24, 160, []int{10, 12}, 190, 160},
	{"Drugs / Analgesics", "MOR", "Morphine injection 10 mg/ml %s", []string{"1 ml", "10 ml"}, "lot", 36, 210, []int{10}, 8, 20},
	{"Drugs / Antibiotics", "CEF", "Cefuroxime powder for injection %s", []string{"250 mg", "750 mg", "1.5 g"}, "lot", 24, 185, []int{10}, 30, 45},
	{"Drugs / Anaesthesia", "PRO", "Propofol emulsion 10 mg/ml %s", []string{"20 ml", "50 ml", "100 ml"}, "lot", 24, 240, []int{5, 10}, 45, 60},
	{"Drugs / Anticoagulants", "HEP", "Heparin 5000 IU/ml %s", []string{"5 ml", "10 ml"}, "lot", 36, 330, []int{10}, 14, 30},
	{"Devices / Infusion", "VPM", "Volumetric infusion pump %s", []string{"V1", "V2", "V2 Wi-Fi"}, "serial", 0, 145000, []int{1}, 2400, 5200},
	{"Devices / Infusion", "SPM", "Syringe pump %s", []string{"S1", "S2"}, "serial", 0, 128000, []int{1}, 2100, 4600},
	{"Devices / Monitoring", "MON", "Patient monitor %s", []string{"10″", "12″", "15″"}, "serial", 0, 385000, []int{1}, 5200, 16000},
	{"Devices / Monitoring", "SPO", "SpO₂ sensor, reusable, %s", []string{"adult", "paediatric", "neonatal"}, "none", 0, 8900, []int{1, 5}, 90, 400},
	{"Laboratory / Reagents", "TRO", "Troponin I assay, %s", []string{"100 tests", "500 tests"}, "lot", 12, 19800, []int{1}, 640, 1500},
	{"Laboratory / Reagents", "CRP", "CRP reagent kit %s", []string{"100 tests", "250 tests"}, "lot", 18, 8700, []int{1}, 420, 1100},
	{"Laboratory / Blood collection", "VAC", "Blood collection tube EDTA %s", []string{"2 ml", "4 ml", "6 ml", "10 ml"}, "lot", 18, 9, []int{100, 1200}, 8, 20},
	{"Respiratory", "OXM", "Oxygen mask with reservoir, %s", []string{"child", "adult", "adult long"}, "lot", 60, 145, []int{25}, 60, 700},
	{"Respiratory", "ETT", "Endotracheal tube, cuffed %s", []string{"6.0", "6.5", "7.0", "7.5", "8.0", "8.5"}, "lot", 60, 165, []int{10}, 18, 160},
	{"Hygiene", "DIS", "Hand disinfectant %s", []string{"100 ml", "500 ml", "1 l", "5 l"}, "lot", 36, 175, []int{10, 20}, 480, 560},
	{"Office and household", "LBL", "Thermal labels %s", []string{"50 × 25 mm", "100 × 50 mm", "100 × 150 mm"}, "none", 0, 420, []int{12}, 310, 800},
	{"Office and household", "小型", "点滴スタンド (infusion stand) %s", []string{"4-hook", "2-hook"}, "none", 0, 6900, []int{1}, 5200, 30000},
}

var series = [...]string{"Nordica", "Vitalis", "Aurea", "Meridian", "Clarus", "Säker", "Ostara", "Fjord", "Lumina", "Kestrel", "Øresund", "Tamaris"}
