import { Select } from '@mantine/core'
import { NavLink, Outlet, useLocation, useNavigate } from 'react-router'

import { settingsGroups, settingsPages } from '../features/settings/settings-pages.ts'

/** The settings: their pages on the left, the one that is open beside them; on a small screen, chosen from a list. */
export function SettingsFrame() {
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const current = settingsPages.find(({ to }) => pathname.startsWith(to))
  return (
    <div className="settings">
      <nav aria-label="Settings" className="settings-nav">
        {settingsGroups.map(({ title, pages }) => (
          <div key={title}>
            <p className="views-title">{title}</p>
            <ul className="views">
              {pages.map(({ to, label, icon: Picture }) => (
                <li key={to}>
                  <NavLink to={to} className="view" data-current={current?.to === to || undefined}>
                    <Picture size={16} stroke={1.7} aria-hidden />
                    <span className="view-name">{label}</span>
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="settings-page">
        <Select
          className="settings-choice"
          aria-label="Settings page"
          allowDeselect={false}
          data={settingsGroups.map(({ title, pages }) => ({
            group: title,
            items: pages.map(({ to, label }) => ({ value: to, label })),
          }))}
          value={current?.to ?? null}
          onChange={(to) => to !== null && void navigate(to)}
        />
        <Outlet />
      </div>
    </div>
  )
}
