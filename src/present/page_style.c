// SPDX-License-Identifier: MIT
// The style sheet of the page: calm, two colour schemes, two widths, and paper.
// No character here may need escaping in XML.
#include "present/page.h"

#include "present/chart_style.h"

static const char colors[] =
	":root{color-scheme:light dark;--ground:#f3f5f7;--panel:#fff;--ink:#1b2631;--mute:#55626f;"
	"--rule:#dfe4e9;--link:#005f96;--alert:#7a3d00;--alert-ground:#fff3d6;--fill:#0072b2;--up:#a33b00;--down:#00705a}\n"
	"@media screen and (prefers-color-scheme:dark){:root{--ground:#0d131a;--panel:#151d27;"
	"--ink:#e8eef4;--mute:#a3b1bf;--rule:#2b3744;--link:#8accff;--alert:#ffd79a;"
	"--alert-ground:#33260f;--fill:#56b4f5;--up:#ffb27d;--down:#2fd0a2}}\n";

static const char frame[] =
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--ground);color:var(--ink);font-size:16px;line-height:1.55;"
	"-webkit-text-size-adjust:100%}\n"
	".inner{display:block;max-width:1104px;margin:0 auto;padding:0 32px}\n"
	"a{color:var(--link)}\n"
	"h1,h2,h3,p,dl,dd,ul,figure{margin:0;padding:0}\n"
	"h2{font-size:24px;line-height:1.3;margin:56px 0 20px}\n"
	"h3{font-size:17px;line-height:1.4;margin:0 0 12px;overflow-wrap:anywhere}\n"
	"code{font-family:ui-monospace,'SF Mono',Consolas,'DejaVu Sans Mono',monospace;"
	"font-size:.92em}\n"
	":focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
	// The night above, with a few fireflies.
	"header{color:#e8eef4;background:"
	"radial-gradient(circle at calc(100% - 150px) 64px,#eaff9c 0 2px,rgba(217,242,107,.28) 3px,"
	"rgba(217,242,107,.07) 18px,transparent 46px),"
	"radial-gradient(circle at calc(100% - 260px) 128px,#eaff9c 0 1.5px,"
	"rgba(217,242,107,.2) 2.5px,rgba(217,242,107,.05) 12px,transparent 32px),"
	"radial-gradient(circle at calc(100% - 64px) 148px,#eaff9c 0 1px,"
	"rgba(217,242,107,.16) 2px,transparent 18px),"
	"linear-gradient(160deg,#0b1622 0%,#12263a 70%,#173049 100%);padding:40px 0 36px;"
	"-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
	".mark{font-size:15px;letter-spacing:.06em;color:#d9f26b}\n"
	".mark span{font-size:20px;margin-right:4px}\n"
	"h1{font-size:36px;line-height:1.25;margin:10px 0 8px;max-width:22em}\n"
	".lead{color:#c4d0dc;max-width:46em}\n"
	".facts{display:flex;flex-wrap:wrap;gap:18px 32px;margin-top:28px}\n"
	".facts div{max-width:22em}\n"
	".facts dt{font-size:13px;color:#9fb0c0}\n"
	".facts dd{overflow-wrap:anywhere}\n"
	".facts small{display:block;font-size:13px;color:#c4d0dc}\n"
	".banner{background:var(--alert-ground);color:var(--alert);font-weight:600;padding:12px 0}\n"
	"nav{border-bottom:1px solid var(--rule);background:var(--panel)}\n"
	"nav ul.inner{display:flex;flex-wrap:wrap;gap:4px 28px;list-style:none;padding-top:12px;"
	"padding-bottom:12px}\n"
	"main [id]{scroll-margin-top:64px}\n"
	"nav a{text-decoration:none}nav a:hover{text-decoration:underline}\n"
	"footer{margin-top:64px;padding:28px 0 40px;border-top:1px solid var(--rule);"
	"color:var(--mute);font-size:14px}\n"
	"footer p{margin-top:8px}\n"
	".links{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin-top:12px;font-size:14px}\n";

static const char parts[] =
	"figure,.panel,.card{background:var(--panel);border:1px solid var(--rule);border-radius:10px}\n"
	"figure,.panel{padding:24px 28px;margin-top:20px}\n"
	"h2+figure,h2+.panel,h2+.cards,h2+.caution{margin-top:0}\n"
	".pair{display:grid;grid-template-columns:1fr;gap:20px}.pair .panel{margin:0;min-width:0}\n"
	".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:20px}\n"
	".card{padding:20px 24px}\n"
	".card h3{margin-bottom:4px}\n"
	".big{font-size:38px;line-height:1.15;font-weight:600;letter-spacing:-.01em;"
	"overflow-wrap:anywhere}\n"
	".what{color:var(--mute);font-size:14px;margin-bottom:14px}\n"
	".card dl div{display:flex;justify-content:space-between;gap:16px;padding:5px 0;"
	"border-top:1px solid var(--rule);font-size:14px}\n"
	".card dt{color:var(--mute)}.card dd{text-align:right;white-space:nowrap;font-weight:600}\n"
	"svg.chart{display:block;width:100%;height:auto}\n"
	"svg.swatch{display:inline-block;width:22px;height:6px;margin:0 8px 0 0;"
	"vertical-align:middle}\n"
	".narrow{display:none}\n"
	"figcaption{margin-top:16px;padding-top:14px;border-top:1px solid var(--rule);"
	"color:var(--mute);font-size:14px}\n"
	"figcaption p{max-width:62em}figcaption p+p{margin-top:4px}figcaption p:empty{display:none}\n"
	".caution h3{margin-bottom:4px}.caution+.cards,.panel+.cards,.caution+figure{margin-top:20px}\n"
	".jump{display:flex;flex-wrap:wrap;gap:4px 24px;list-style:none;overflow-wrap:anywhere}\n"
	".note{color:var(--mute);font-size:14px;margin-top:12px;max-width:62em}\n"
	".none{color:var(--mute)}\n"
	".caution{margin-top:20px;padding:10px 14px;border-radius:6px;background:var(--alert-ground);"
	"color:var(--alert)}\n"
	".sources ul{list-style:none}.caution code{margin-left:.5em}\n"
	"tr.group th{font-weight:600;padding-top:18px}td.up{color:var(--up)}td.down{color:var(--down)}\n"
	"td small{display:block;font-size:13px;color:var(--mute);white-space:nowrap}.up small,.down small{display:inline-block;"
	"min-width:4.8em;margin-left:8px;color:inherit}\n"
	"small.beside{margin-left:8px;font-size:13px;color:var(--mute)}tbody th.long{white-space:normal}\n"
	".new{padding:1px 7px;border-radius:9px;font-size:12px;font-weight:600;color:var(--alert);"
	"background:var(--alert-ground)}tr:target{background:var(--alert-ground)}\n"
	".panel h3:not(:first-child){margin-top:28px}\n"
	".scroll{overflow-x:auto}.pair table{table-layout:fixed;min-width:600px}"
	".pair th:first-child{width:8em}.pair small.beside{display:block;margin:0}"
	"p+.scroll{margin-top:12px}\n"
	"table{border-collapse:collapse;width:100%;font-size:14px;"
	"font-variant-numeric:tabular-nums}\n"
	"th,td{padding:6px 14px 6px 0;text-align:left;vertical-align:top;"
	"border-bottom:1px solid var(--rule)}\n"
	"th:last-child,td:last-child{padding-right:2px}\n"
	"thead th{color:var(--mute);font-weight:600;vertical-align:bottom;white-space:nowrap}\n"
	"tbody th{font-weight:400;white-space:nowrap}\n"
	".n{text-align:right;white-space:nowrap}thead .n{white-space:normal}\n"
	"tr.gap,tr.zero{color:var(--mute)}tr.sum th,tr.sum td{font-weight:600;border-bottom:0}\n"
	".bar{display:inline-block;width:72px;height:6px;margin-left:12px;vertical-align:middle;"
	"fill:var(--fill);background:var(--rule);border-radius:3px;overflow:hidden}\n"
	"tr.sum td:last-child{padding-right:86px}\n"
	"details{margin-top:16px}\n"
	"summary{cursor:pointer;color:var(--link);padding:4px 0}\n"
	"details .scroll{max-height:480px;overflow-y:auto;margin-top:8px}\n"
	"details thead th{position:sticky;top:0;background:var(--panel)}\n"
	".terms{display:grid;grid-template-columns:minmax(8em,14em) 1fr;gap:12px 24px}\n"
	".terms dt{font-weight:600;overflow-wrap:anywhere}.terms dd{max-width:56em}\n";

static const char media[] =
	"@media screen and (max-width:720px){\n"
	".inner{padding:0 16px}header{padding:28px 0 24px;background:"
	"radial-gradient(circle at calc(100% - 44px) 40px,#eaff9c 0 2px,rgba(217,242,107,.28) 3px,"
	"rgba(217,242,107,.07) 18px,transparent 40px),#0f1f30}h1{font-size:27px}h2{margin-top:40px}\n"
	".facts{gap:14px 28px;margin-top:20px}\n"
	"figure,.panel{padding:16px;margin-left:-8px;margin-right:-8px;border-radius:8px}\n"
	".pair .panel{margin:0 -8px}\n"
	".cards{grid-template-columns:1fr;margin:0 -8px}.card{padding:16px}\n"
	".wide{display:none}.narrow{display:block;max-width:560px;margin:0 auto}\n"
	".terms{grid-template-columns:1fr;gap:2px}.terms dd{margin-bottom:12px}\n"
	".bar{display:none}tr.sum td:last-child{padding-right:2px}th,td{padding-right:10px}\n"
	".up small,.down small{display:block;min-width:0;margin:0}small.beside{display:block;margin:0;white-space:normal;max-width:8em}\n"
	"table{font-size:13px}td small{font-size:12px}"
	"td:not(.n):not(:empty){min-width:7.5em}}\n"
	"@media screen and (min-width:721px){nav{position:sticky;top:0;z-index:1}}\n";

// On paper: black on white, no navigation, a section a page, tables that go on with their heads,
// and where a link leads.
static const char paper[] =
	"@page{margin:16mm}\n"
	"@media print{:root{--ground:#fff;--panel:#fff;--ink:#000;--mute:#333;--rule:#bbb;--link:#000;"
	"--alert:#000;--alert-ground:#fff;--fill:#444;--up:#000;--down:#000}\n"
	"body{font-size:10pt;line-height:1.4}nav,details,.jump{display:none}\n"
	".inner{max-width:none;padding:0}header{padding:0 0 12pt;background:#fff;color:#000;"
	"border-bottom:1pt solid #000}.mark,.lead,.facts dt,.facts small{color:#000}\n"
	".facts{gap:6pt 18pt;margin-top:10pt}h1{font-size:20pt}h2{font-size:15pt;margin:0 0 8pt}\n"
	"h3{font-size:11pt}table,figcaption,.note,.what,.card dl div{font-size:9pt}.big{font-size:18pt}\n"
	"tr:nth-last-child(-n+2){break-before:avoid}section{break-before:page}section#summary,section#lifetimes{break-before:auto}\n"
	"section+section{margin-top:18pt}figure,.panel,.card{border:0;border-radius:0;padding:0;"
	"margin-top:14pt}\n"
	"figure,.card,.caution,tr{break-inside:avoid}h2,h3{break-after:avoid}thead{display:"
	"table-header-group}th,td{padding:2pt 8pt 2pt 0}\n"
	".cards{grid-template-columns:1fr 1fr}.banner,.caution{border:1pt solid #000;padding:4pt 8pt}\n"
	".scroll{overflow:visible}.pair table{min-width:0}a{text-decoration:none}"
	".links a::after{content:' (' attr(href) ')'}\n"
	".wide{display:block}.narrow,.only-screen{display:none}.note,.links{break-before:avoid}.new{border:1pt solid #000;padding:0 3pt}\n"
	"footer{margin-top:18pt;padding:8pt 0 0}}\n";

void page_style(struct buffer *out)
{
	buffer_text(out, colors);
	buffer_format(out, "body{font-family:%s}\n", chart_fonts);
	buffer_text(out, frame);
	buffer_text(out, parts);
	buffer_text(out, media);
	buffer_text(out, paper);
}
