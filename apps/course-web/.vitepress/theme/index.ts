import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "katex/dist/katex.min.css";
import "./style.css";
import AskPage from "../../src/ask/AskPage.vue";
import { highlightCitedBlock } from "../../src/cited-block.ts";
import HomePage from "../../src/HomePage.vue";
import OutlinePage from "../../src/OutlinePage.vue";
import Layout from "./Layout.vue";

export default {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app, router }) {
    app.component("AskPage", AskPage);
    app.component("HomePage", HomePage);
    app.component("OutlinePage", OutlinePage);
    if (typeof document !== "undefined") highlightCitedBlock(router);
  },
} satisfies Theme;
