import 'media-chrome';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { Health } from './app/health.svelte.ts';
import { browserProbe, measureCapabilities } from './player/capabilities.ts';
import './styles/base.css';
import './styles/player.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');

const health = new Health(window.raffi);
const capabilities = measureCapabilities(browserProbe());
mount(App, { target, props: { bridge: window.raffi, health, capabilities } });
