/// The looks of a report on a screen, on a phone and on paper; no font, picture or script is loaded.
enum ReportSheet {
    static let rules: StaticString = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d5dae0;--paper:#fff;
        --panel:#f5f7f9;--link:#0b57d0;--good:#116329;--bad:#b3261e;--doubt:#8a5300;
        --life:#aeb8c4;--maintenance:#5b7c99;--downtime:#b3261e;--allowance:#8c959f;--exposure:#c2571a;
        --drain:#8a6d00;--soak:#a39129;--cleanup:#6b4fa0;--mark:#fff4c2}
        @media (prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa5b1;--line:#38414b;
        --paper:#14181d;--panel:#1d232a;--link:#8ab4f8;--good:#6fcf8b;--bad:#ff8a80;--doubt:#e6b45c;
        --life:#56616d;--maintenance:#86aecb;--downtime:#ff7b70;--allowance:#7d8893;--exposure:#f0915a;
        --drain:#d9b440;--soak:#bfae55;--cleanup:#b79ce8;--mark:#4a4118}}
        *{box-sizing:border-box}
        html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;
        background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:69rem;padding:2.5rem 1.5rem 4rem}
        a{color:var(--link);text-underline-offset:.15em}
        a:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem}
        h1{font-size:2rem;line-height:1.2;margin:0 0 .35rem;letter-spacing:-.01em;overflow-wrap:anywhere}
        h2{font-size:1.3rem;line-height:1.3;margin:3rem 0 .9rem;padding-top:.9rem;border-top:1px solid var(--line)}
        h3{font-size:1rem;margin:1.6rem 0 .5rem}
        p{margin:.6rem 0;max-width:46rem}
        .subtitle{color:var(--soft);font-size:1.05rem;margin:0;max-width:none}.subtitle strong{color:var(--ink)}
        .figures{display:grid;grid-template-columns:repeat(3,1fr);gap:.75rem;margin:1.75rem 0 0;padding:0}
        .figures div{background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--soft);border-radius:4px;padding:.7rem .9rem .8rem}
        .figures dt{font-size:.8rem;color:var(--soft)}
        .figures dd{margin:0}.figures .value{font-size:1.3rem;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
        .figures .note{font-size:.85rem;line-height:1.35;color:var(--soft);margin-top:.15rem}
        .figures .good{border-left-color:var(--good)}.figures .bad{border-left-color:var(--bad)}
        .figures .doubtful{border-left-color:var(--doubt)}
        nav{margin:1.75rem 0 0;font-size:.92rem}
        nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
        .facts{display:grid;grid-template-columns:8rem 1fr;gap:.45rem 1rem;margin:0}
        .facts dt{color:var(--soft)}.facts dd{margin:0;min-width:0;overflow-wrap:break-word}
        ul.points{margin:.5rem 0;padding-left:1.2rem}ul.points li{margin:.3rem 0;overflow-wrap:break-word}
        table{border-collapse:collapse;width:100%;margin:1.1rem 0 1.5rem;font-size:.875rem;line-height:1.4}
        caption{text-align:left;font-weight:600;font-size:.95rem;padding:0 0 .4rem}
        th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
        th:last-child,td:last-child{padding-right:0}
        thead th{color:var(--soft);font-weight:600;font-size:.8rem;border-bottom-color:var(--soft)}
        td{overflow-wrap:break-word;font-variant-numeric:tabular-nums}
        .number{text-align:right}
        tr:target td{background:var(--mark)}
        time{white-space:nowrap;font-variant-numeric:tabular-nums}
        code,pre{font:.86em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        code{overflow-wrap:anywhere}td code{overflow-wrap:break-word}
        pre{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:.7rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0 1rem}
        .label{font-size:.85rem;font-weight:600;margin:1rem 0 0}
        .faint{color:var(--soft)}
        .quote{white-space:pre-wrap;overflow-wrap:anywhere;border-left:2px solid var(--line);padding-left:.45rem;color:var(--ink)}
        td .quote{display:block;margin-top:.2rem;font:.8rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;color:var(--soft)}
        .events{font-size:.85em;color:var(--soft);white-space:normal}.events a{text-decoration:none}.events a:hover{text-decoration:underline}
        .word{font-weight:600}.word.good{color:var(--good)}.word.bad{color:var(--bad)}.word.doubtful{color:var(--doubt)}
        .word.plain{font-weight:inherit}
        .remark{border-left:4px solid var(--soft);background:var(--panel);padding:.6rem .9rem;border-radius:4px;margin:.9rem 0;max-width:none}
        .remark.good{border-left-color:var(--good)}.remark.bad{border-left-color:var(--bad)}.remark.doubtful{border-left-color:var(--doubt)}
        .drawing{overflow-x:auto;margin:1rem 0}
        svg.timeline{display:block;width:100%;min-width:56rem;height:auto;font-family:inherit}
        svg text{fill:var(--ink)}
        svg .label,svg .lane,svg .length{font-size:11px;font-weight:400}svg .lane{font-weight:600}svg .length{fill:var(--soft)}
        svg .tick,svg .date{font-size:10.5px;fill:var(--soft)}svg .date{font-weight:600}
        svg .axis{stroke:var(--ink);stroke-width:1}svg .grid{stroke:var(--line);stroke-width:1}
        svg .leader{stroke:var(--soft);stroke-width:.7}svg .mark{fill:var(--ink)}
        svg .cut{fill:var(--panel);stroke:var(--line);stroke-dasharray:2 3}
        svg .life{fill:var(--life)}svg .maintenance{fill:var(--maintenance)}svg .downtime{fill:var(--downtime)}
        svg .allowance{fill:none;stroke:var(--allowance);stroke-width:1.2;stroke-dasharray:4 3}
        svg .exposure{fill:var(--exposure)}svg .drain{fill:var(--drain)}svg .soak{fill:var(--soak)}svg .cleanup{fill:var(--cleanup)}
        footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem;color:var(--soft);font-size:.85rem}
        footer p{max-width:none}
        @media screen and (max-width:42rem){
        body{padding:1.25rem 1rem 3rem}h1{font-size:1.5rem}
        .facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.6rem}
        .figures{grid-template-columns:1fr 1fr;gap:.5rem}.figures .value{font-size:1.1rem}
        table,caption,tbody,tr,td{display:block}thead{position:absolute;left:-99rem}
        tr{border-bottom:1px solid var(--line);padding:.5rem 0}
        td{border:0;padding:.1rem 0 .1rem 6.2rem;min-height:1.6em;position:relative}td.number{text-align:left}
        td::before{content:attr(data-label);position:absolute;left:0;width:5.7rem;color:var(--soft)}
        }
        @page{size:A4;margin:15mm 14mm 16mm;@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#555}}
        @page wide{size:A4 landscape;margin:13mm 14mm}
        @media print{
        :root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--panel:#f5f5f5;--link:#000;--good:#116329;--bad:#b3261e;--doubt:#8a5300;
        --life:#aeb8c4;--maintenance:#5b7c99;--downtime:#b3261e;--allowance:#777;--exposure:#c2571a;--drain:#8a6d00;--soak:#a39129;--cleanup:#6b4fa0;--mark:#fff}
        html{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        body{padding:0;max-width:none}nav,.skip{display:none}
        h2{margin-top:1.6rem}h2,h3,caption,.label{break-after:avoid}
        tr,.figures div,.remark,.drawing,.facts dd{break-inside:avoid}thead{display:table-header-group}
        .figures{grid-template-columns:repeat(3,1fr)}
        section.wide{page:wide}section.wide h2{margin-top:0;border-top:0;padding-top:0}
        svg.timeline{min-width:0;max-height:150mm}.drawing{overflow:visible}
        .drawing~table:first-of-type{break-before:page}
        table{font-size:8.4pt;margin:.6rem 0 .9rem}th,td{padding:.24rem .8rem .24rem 0}a{text-decoration:none}
        }
        """
}
