import http from 'k6/http';
import { Trend, Counter } from 'k6/metrics';
const wait = new Trend('wait_time', true);
const lost = new Counter('lost');
export const options = {
  vus: 5,
  duration: '10s',
  thresholds: { lost: ['count<5'], wait_time: ['p(95)<500'] },
};
export default function () {
  const r = http.get('http://127.0.0.1:8080/x');
  wait.add(r.timings.duration);
  if (r.status > 400) lost.add(somewhere.else());
}
