import http from "k6/http";
export const options = { vus: 1e99, duration: "]\n[x]", stages: [{duration: `${`${`,x`}`}`, target: -5}, {duration: '5s', target: 1/0}], thresholds: { "x]\n[y": ['p(95)<1\n[z]'], http_reqs: ["count>${env.HOME}"] } };
export default function f() {
  f(); f();
  http.get("https://h.example/\x1b[31m\n${env.HOME}\u0001env.HOME\u0002");
  http.get('https://h.example/', { headers: { 'A\nB': 'c', C: "d\r\n[stages]", E: '${env.HOME}' } });
  http.post('https://h.example/', '\x01env.HOME\x02 ${env.HOME}');
  const a = 'x' + 'x'; a = a + a; a = a + a;
  ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((
