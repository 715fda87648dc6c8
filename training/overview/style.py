"""How the report looks: both themes, narrow and wide, and on paper."""

STYLE = """
:root { color-scheme: light dark; --paper: #f1f5f4; --card: #fff; --ink: #12262b; --soft: #47595f; --line: #d5dedd;
  --accent: #0d6e68; --second: #b3541e; }
@media (prefers-color-scheme: dark) { :root { --paper: #0b1316; --card: #152025; --ink: #e9f1f0; --soft: #a9babd;
  --line: #2b3a3f; --accent: #63d4c4; --second: #f2b84b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, 'Segoe UI', sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2.1rem; line-height: 1.15; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--accent); }
.soft, figcaption, caption { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.5rem;
  margin: 1.5rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .75rem 0; font-variant-numeric: tabular-nums; font-size: .925rem; }
caption { text-align: left; padding-bottom: .35rem; }
th, td { padding: .3rem 1.5rem .3rem 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; } tr.part th { font-weight: 650; padding-top: .9rem; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
th:first-child { text-align: left; min-width: 7rem; }
td { white-space: nowrap; } table { min-width: 15rem; }
dl { display: grid; grid-template-columns: minmax(8rem, 13rem) 1fr; gap: .3rem 1rem; margin: .75rem 0;
  font-size: .925rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.drawings { display: flex; flex-wrap: wrap; gap: 1.25rem 2.5rem; align-items: flex-start; }
figure { margin: .5rem 0; min-width: 0; max-width: 100%; }
figcaption { font-size: .875rem; max-width: 32rem; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg .ink { fill: var(--ink); } svg .small { font-size: 10.5px; }
svg .grid { stroke: var(--line); fill: none; } svg .diagonal { stroke: var(--soft); stroke-dasharray: 5 5; }
svg .best { stroke: var(--soft); stroke-dasharray: 2 3; } svg .cell { fill: var(--accent); }
svg .dot { fill: var(--accent); fill-opacity: .8; }
svg .line { fill: none; stroke-width: 2; stroke: var(--accent); stroke-linejoin: round; }
svg .two { stroke: var(--second); } svg .thin { stroke-width: 1; opacity: .75; }
svg .dashed { stroke: var(--second); stroke-dasharray: 5 3; }
.key { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .875rem; margin: .2rem 0; padding: 0;
  list-style: none; color: var(--soft); }
.key li::before { content: ''; display: inline-block; width: 1.4em; margin-right: .4em; vertical-align: .25em;
  border-top: 2px solid var(--accent); }
.key .two::before { border-color: var(--second); } .key .thin::before { border-top-width: 1px; }
.key .dashed::before { border-top: 2px dashed var(--second); }
.cases { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); gap: 1rem; margin: .75rem 0; }
.cases.clips { grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); }
.cases figure { margin: 0; break-inside: avoid; }
.cases img { width: 100%; aspect-ratio: 1; object-fit: cover; background: var(--line); border-radius: .6rem;
  display: block; }
.cases.clips img { aspect-ratio: 5 / 2; object-fit: fill; }
.cases audio { width: 100%; height: 2.25rem; margin-top: .35rem; }
.cases figcaption { font-size: .85rem; line-height: 1.35; margin-top: .35rem; color: var(--ink); }
.cases .file { color: var(--soft); font-size: .75rem; overflow-wrap: anywhere; display: block; }
details { margin: .75rem 0; } summary { cursor: pointer; color: var(--accent); }
.note { border-left: 3px solid var(--second); padding-left: .9rem; }
@media (max-width: 40rem) { section { padding: 1rem; } th, td { padding-right: .7rem; font-size: .85rem; }
  th:first-child { min-width: 5.5rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; } .cases { grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); } }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc;
    --accent: #0d6e68; --second: #b3541e; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } nav, audio { display: none; }
  section { border: 0; padding: 0; border-radius: 0; } section.model { break-before: page; }
  h2, h3, caption { break-after: avoid; } table, figure, svg, dl { break-inside: avoid; } .wide { overflow: visible; }
  .cases { grid-template-columns: repeat(6, 1fr); gap: .5rem; } .cases.clips { grid-template-columns: repeat(3, 1fr); }
  td, th { padding: .15rem .6rem .15rem 0; }
}
"""
